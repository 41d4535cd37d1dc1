#include "akin/akin.h"

namespace akin {

const char* version() noexcept { return AKIN_VERSION; }

}  // namespace akin

#!/usr/bin/env python3
"""Writes tests/golden/sigv4/cases.json: requests and the headers with which botocore signs them. Needs botocore (made with 1.44.8).

  tools/make_sigv4_cases.py tests/golden/sigv4/cases.json
"""
import datetime
import json
import sys
from unittest import mock

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

EXAMPLE = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TITAN = "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
# name, method, address, headers, body, key, secret, session token, region, service, seconds since 1970
CASES = [
    ("titan", "POST", TITAN, JSON, '{"inputText":"hello","dimensions":256,"normalize":true}', *EXAMPLE, "", "us-east-1", "bedrock", 1440938160),
    ("session token", "POST", TITAN, JSON, '{"inputText":"hello"}', *EXAMPLE, "IQoJb3JpZ2luX2VjEXAMPLE//token==", "eu-central-1", "bedrock",
     1700000000),
    ("UTF-8", "POST", TITAN, JSON, '{"inputText":"Grüße, 世界 🌍"}', *EXAMPLE, "", "us-west-2", "bedrock", 1735689599),
    ("empty body", "POST", TITAN, JSON, "", *EXAMPLE, "", "us-east-1", "bedrock", 951782399),
    ("a port", "POST", "http://127.0.0.1:8080/model/amazon.titan-embed-text-v2%3A0/invoke", JSON, "{}", *EXAMPLE, "", "us-east-1", "bedrock",
     1709164800),
    ("a plain model name", "POST", "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v1/invoke", JSON, "{}",
     *EXAMPLE, "", "us-east-1", "bedrock", 1709164800),
    ("other characters in the path", "GET", "https://example.amazonaws.com/a%20b/%C3%A9/~x/-_./c%2Fd", {}, "", *EXAMPLE, "", "us-east-1",
     "service", 1440938160),
    ("a query out of order", "GET", "https://example.amazonaws.com/?b=2&a=1&a=0&c=%2F%3D", {}, "", *EXAMPLE, "", "us-east-1", "service",
     1440938160),
    ("blanks in a header", "GET", "https://example.amazonaws.com/x", {"My-Header": "  a   b  c "}, "", *EXAMPLE, "", "us-east-1", "service",
     1440938160),
    ("the longest day", "POST", TITAN, JSON, "x" * 100_000, *EXAMPLE, "", "us-east-1", "bedrock", 4102444799),
]


def signed(case):
    name, method, url, headers, body, key, secret, token, region, service, now = case
    time = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)

    class Clock(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return time.replace(tzinfo=None)

        @classmethod
        def now(cls, tz=None):
            return time

    request = AWSRequest(method=method, url=url, headers=headers, data=body.encode())
    patches = [mock.patch.object(botocore.auth.datetime, "datetime", Clock)] if hasattr(botocore.auth.datetime, "datetime") else []
    if hasattr(botocore.auth, "get_current_datetime"):
        patches.append(mock.patch.object(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: time.replace(tzinfo=None)))
    for patch in patches:
        patch.start()
    try:
        botocore.auth.SigV4Auth(Credentials(key, secret, token or None), service, region).add_auth(request)
    finally:
        mock.patch.stopall()
    wanted = {k: request.headers[k] for k in ("X-Amz-Date", "X-Amz-Security-Token", "Authorization") if k in request.headers}
    assert wanted["X-Amz-Date"] == time.strftime("%Y%m%dT%H%M%SZ"), "the clock was not held"
    return {"name": name, "method": method, "url": url, "headers": headers, "body": body if len(body) < 1000 else {"repeat": body[0], "n": len(body)},
            "id": key, "secret": secret, "session_token": token, "region": region, "service": service, "now": now, "wanted": wanted}


def main(out):
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"botocore": botocore.__version__, "cases": [signed(case) for case in CASES]}, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

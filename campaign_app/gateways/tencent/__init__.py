"""Sends by Tencent Cloud SMS; see `gateway`."""

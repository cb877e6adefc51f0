"""Proof of one campaign in one file that anyone can verify: its format, writing it, and checking it.

`docs/evidence.md` describes the format; `tools/verify_evidence.py` reads it without this program.
"""

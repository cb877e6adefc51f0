"""How the Taobao Open Platform is asked: signed, within its limits, in the name of a session; for client and sender."""

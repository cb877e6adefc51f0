"""How Pinduoduo (POP) is asked: signed, in the name of a shop's authorisation; for client and sender."""

"""Sender over SMPP 3.4: an SMS centre's or an aggregator's, one connection for each account."""

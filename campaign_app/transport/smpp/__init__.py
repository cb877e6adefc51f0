"""SMPP 3.4: the protocol that SMS centres and aggregators speak over one TCP connection. A codec and one connection."""

"""允发 Yunfa: SMS campaigns that reach only people whose opt-in the platform's API confirms."""

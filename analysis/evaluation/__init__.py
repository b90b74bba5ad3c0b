"""How good the system is, on simulated and real footage. Pure: no Django."""

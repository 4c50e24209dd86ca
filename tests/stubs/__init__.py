"""Stand-ins for the outside: servers on loopback that speak the real wire formats."""

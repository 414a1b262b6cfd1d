"""The engine seen from outside: started, talked to, restarted. No Qt, no torch."""

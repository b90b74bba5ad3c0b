"""Live watch: which cameras look out for a case, who watches them, and what is told."""

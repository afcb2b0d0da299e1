"""What a plan says about time: reading it, counting it, explaining it. Pure: no clock, no database."""

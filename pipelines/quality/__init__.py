"""What must hold of exports and marts, and whether it does: Great Expectations behind one door."""

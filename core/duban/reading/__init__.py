"""What a document says: bytes become a grid, the grid becomes a plan with its doubts."""

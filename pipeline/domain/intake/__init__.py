"""What arrived in the landing folder, and which batch takes it in."""

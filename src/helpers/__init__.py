"""The shared code of the course "ReLU on Trial"; one module for each purpose."""

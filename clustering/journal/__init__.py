"""What every act goes through: the part of the desk that it holds, its entry in the history, and the way back."""

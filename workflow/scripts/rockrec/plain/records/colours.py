"""Okabe and Ito's colours, told apart by readers with any of the common colour blindnesses."""

BLACK, GRAY = "#000000", "#999999"
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, SKY = "#E69F00", "#CC79A7", "#56B4E9"
NAVY = "#003A60"  # told from BLUE by its darkness

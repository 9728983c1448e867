"""Whether stated probabilities still hold: charts of cumulative sums, their run lengths, and shifts of distributions."""

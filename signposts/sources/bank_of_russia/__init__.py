"""Bank of Russia: official rates of the rouble."""

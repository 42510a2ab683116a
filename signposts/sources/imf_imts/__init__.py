"""IMF International Trade in Goods by partner country (IMTS), SDMX 2.1 as CSV."""

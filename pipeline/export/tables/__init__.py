"""What analysts are given: documented views of a workspace, as Parquet or CSV."""

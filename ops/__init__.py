"""What runs beside the product: demo, tests, checks, figures. The product never imports it."""

"""Documents that HQ asks stores to book: deliveries, counts, corrections, opening lists, transfers."""

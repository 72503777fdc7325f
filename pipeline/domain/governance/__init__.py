"""The register, consent, quarantine and erasure."""

"""Who did, read or was refused what, and when: written in the transaction of the deed, never changed."""

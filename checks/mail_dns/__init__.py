"""Mail and DNS of a domain: who may send in its name, and how mail on its way is protected."""

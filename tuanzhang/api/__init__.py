"""REST for leader tools and merchant systems: activities, enrolments, requests, second level."""

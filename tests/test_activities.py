"""Rulebook §13: activities, enrolment, second level: their states, arrows and limits."""

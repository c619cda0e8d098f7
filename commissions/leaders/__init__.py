"""What leaders bring: quarters and months judged, rebates, and what their pages show."""

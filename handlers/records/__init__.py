"""The Support Issues Sheet, the tracker and the calendar: the embedded ones."""

"""For people who work on vvbscan: rule skeletons, rules as their own tests, pages made from rules."""

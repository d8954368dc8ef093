"""What Naryad decides: rules, words, talks. Carries nothing, starts nothing."""

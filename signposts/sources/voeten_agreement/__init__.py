"""Agreement scores of the UN General Assembly, Voeten and others."""

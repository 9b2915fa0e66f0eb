-- Index: engine_identity_of_profile.
UPDATE engine_identity SET profile_id = %(winner)s WHERE profile_id = %(loser)s;

-- How many people are in an audience.
-- Index: engine_membership_of_audience.
SELECT count(*) FROM engine_membership WHERE audience_id = %(audience)s AND is_member;

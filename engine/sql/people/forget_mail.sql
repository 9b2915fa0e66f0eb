-- Forget the mails that the local catcher took in for people: those whose Message-ID begins with <id@, the id of one of
-- their deliveries. Whatever stands behind the @ (MAIL_FROM may have changed since), it is theirs.
-- Locks: the mails deleted.
-- Index: engine_delivery_of_profile, then engine_caughtmail_message_id_49564493_like.
DELETE FROM engine_caughtmail AS mail
 USING engine_delivery AS delivery
 WHERE delivery.profile_id = ANY (%(profiles)s::bigint[])
   AND delivery.channel = 'email'
   AND mail.message_id ~>=~ ('<' || delivery.id || '@')
   AND mail.message_id ~<~ ('<' || delivery.id || 'A');

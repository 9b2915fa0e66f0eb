-- Whether anything is being read; asked before every turn.
-- Index: engine_read_run_reading.
SELECT EXISTS (SELECT FROM engine_readrun WHERE state = 'reading');

-- What the expression language means where SQL means something else: engine/expressions/to_sql writes calls of these.
-- None of them raises, whatever it is given: what does not fit is null. They hold each rule of values.py, operators.py and
-- temporal.py once more; tests/engine/expressions/test_two_compilers.py holds both to the same answer.
--
-- A string is text, an integer numeric, a decimal float8, a duration numeric (microseconds), a dateOnly date, a dateTimeOnly
-- timestamp, a dateTime timestamp in UTC with its offset (numeric seconds) beside it; what JSON holds is jsonb.

-- Numbers ------------------------------------------------------------------------------------------------------------

-- An integer has 64 bits.
CREATE FUNCTION engine_expression_whole(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN n BETWEEN -9223372036854775808 AND 9223372036854775807 THEN n END;

-- The nearest float8. PostgreSQL raises where a number is too small or too large for one; here it is 0, or null.
CREATE FUNCTION engine_expression_float(n numeric) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF n > -1e300 AND n < 1e300 AND scale(n) < 300 OR pg_input_is_valid(n::text, 'float8') THEN
        RETURN n::float8;
    END IF;
    RETURN CASE WHEN abs(n) < 1 THEN CASE WHEN n < 0 THEN '-0'::float8 ELSE 0 END END;
END $$;

CREATE FUNCTION engine_expression_integer(j jsonb) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    n numeric;
    f float8;
BEGIN
    IF jsonb_typeof(j) <> 'number' THEN
        RETURN NULL;
    END IF;
    n := j::numeric;
    IF scale(n) > 0 THEN  -- written with a fraction: read as float8, taken when nothing is behind the point
        f := engine_expression_float(n);
        IF f = floor(f) AND f >= -9223372036854775808.0 AND f < 9223372036854775808.0 THEN
            RETURN f::bigint::numeric;
        END IF;
        RETURN NULL;
    END IF;
    RETURN engine_expression_whole(n);
END $$;

CREATE FUNCTION engine_expression_decimal(j jsonb) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    n numeric;
BEGIN
    IF jsonb_typeof(j) <> 'number' THEN
        RETURN NULL;
    END IF;
    n := j::numeric;
    IF scale(n) > 0 THEN
        RETURN engine_expression_float(n);
    END IF;
    RETURN engine_expression_whole(n)::float8;
END $$;

-- Whether a number of JSON, of whatever size, equals one that is given exactly and, when it has one, as float8.
CREATE FUNCTION engine_expression_is_number(j jsonb, exactly numeric, f float8) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF jsonb_typeof(j) = 'number' THEN
        IF scale(j::numeric) > 0 THEN
            RETURN coalesce(engine_expression_float(j::numeric) = f, false);
        END IF;
        RETURN j::numeric = exactly;
    END IF;
    RETURN false;
END $$;

-- -1, 0 or 1: an integer next to a decimal, compared without rounding either.
CREATE FUNCTION engine_expression_order(n numeric, f float8) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF f >= 9223372036854775808.0 THEN
        RETURN -1;
    ELSIF f < -9223372036854775808.0 THEN
        RETURN 1;
    ELSIF abs(f) < 9007199254740992.0 THEN
        RETURN sign(n::float8 - f)::integer;
    END IF;
    RETURN sign(n - f::bigint::numeric)::integer;
END $$;

CREATE FUNCTION engine_expression_quotient(a numeric, b numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN b = 0 THEN 0 ELSE engine_expression_whole(div(a, b)) END;

CREATE FUNCTION engine_expression_remainder(a numeric, b numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN b = 0 THEN 0 ELSE mod(a, b) END;

-- float8 arithmetic in which leaving the range is null and what is too small is 0. In the border cases the operands are
-- moved by powers of two, which changes no digit, so that the question can be asked where nothing is raised.
CREATE FUNCTION engine_expression_add(a float8, b float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF abs(a) < 8e307 AND abs(b) < 8e307 OR least(abs(a), abs(b)) < 1e280 OR sign(a) <> sign(b)
       OR abs(a * power(2::float8, -60) + b * power(2::float8, -60)) < power(2::float8, 964) THEN
        RETURN a + b;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION engine_expression_exponent(f float8) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN abs(f) > 1e100 THEN 700 WHEN abs(f) < 1e-100 THEN -700 ELSE 0 END;

CREATE FUNCTION engine_expression_multiply(a float8, b float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    moved integer;
    q float8;
BEGIN
    IF a = 0 OR b = 0 OR abs(a) BETWEEN 1e-100 AND 1e100 AND abs(b) BETWEEN 1e-100 AND 1e100 THEN
        RETURN a * b;
    END IF;
    moved := engine_expression_exponent(a) + engine_expression_exponent(b);
    q := a * power(2::float8, -engine_expression_exponent(a)) * (b * power(2::float8, -engine_expression_exponent(b)));
    IF moved > 0 AND abs(q) >= power(2::float8, 1024 - moved) THEN
        RETURN NULL;
    ELSIF moved < 0 AND abs(q) <= power(2::float8, -1075 - moved) THEN
        RETURN CASE WHEN q < 0 THEN '-0'::float8 ELSE 0 END;
    END IF;
    RETURN a * b;
END $$;

CREATE FUNCTION engine_expression_divide(a float8, b float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    moved integer;
    q float8;
BEGIN
    IF b = 0 THEN
        RETURN 0;
    ELSIF a = 0 OR abs(a) BETWEEN 1e-100 AND 1e100 AND abs(b) BETWEEN 1e-100 AND 1e100 THEN
        RETURN a / b;
    END IF;
    moved := engine_expression_exponent(a) - engine_expression_exponent(b);
    q := a * power(2::float8, -engine_expression_exponent(a)) / (b * power(2::float8, -engine_expression_exponent(b)));
    IF moved > 0 AND abs(q) >= power(2::float8, 1024 - moved) THEN
        RETURN NULL;
    ELSIF moved < 0 AND abs(q) <= power(2::float8, -1075 - moved) THEN
        RETURN CASE WHEN q < 0 THEN '-0'::float8 ELSE 0 END;
    END IF;
    RETURN a / b;
END $$;

-- The sum in the order of the rows, as float8 gives it; null once it has left the range.
CREATE FUNCTION engine_expression_add_next(total float8, f float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF f IS NULL THEN
        RETURN total;
    ELSIF abs(f) < 8e307 AND abs(total) < 8e307 THEN
        RETURN total + f;
    ELSIF total = 'infinity' THEN
        RETURN total;
    END IF;
    RETURN coalesce(engine_expression_add(total, f), 'infinity');
END $$;

CREATE AGGREGATE engine_expression_sum(float8) (
    SFUNC = engine_expression_add_next, STYPE = float8, INITCOND = '0', PARALLEL = SAFE
);

-- The nearest integer, a half goes up.
CREATE FUNCTION engine_expression_round(f float8) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF f < -9223372036854775808.0 OR f >= 9223372036854775808.0 THEN
        RETURN NULL;
    END IF;
    RETURN engine_expression_whole(floor(f)::bigint::numeric + CASE WHEN f - floor(f) >= 0.5 THEN 1 ELSE 0 END);
END $$;

CREATE FUNCTION engine_expression_truncate(f float8) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN f >= -9223372036854775808.0 AND f < 9223372036854775808.0 THEN trunc(f)::bigint::numeric END;

CREATE FUNCTION engine_expression_integer_of_text(v text) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF v COLLATE "C" ~ '^-?[0-9]{1,40}$' THEN
        RETURN engine_expression_whole(v::numeric);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION engine_expression_decimal_of_text(v text) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parts text[];
    digits text;
    exponent numeric;
BEGIN
    parts := regexp_match(v COLLATE "C", '^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?$');
    IF parts IS NULL OR parts[2] || parts[3] = '' THEN
        RETURN NULL;
    ELSIF pg_input_is_valid(v, 'float8') THEN
        RETURN v::float8;
    END IF;
    -- Too large is null, too small is 0: what decides is where the first digit that is not 0 stands.
    digits := ltrim(parts[2] || parts[3], '0');
    exponent := coalesce(CASE WHEN length(parts[4]) < 100 THEN parts[4]::numeric
                              WHEN parts[4] LIKE '-%' THEN -1e100 ELSE 1e100 END, 0);
    IF digits = '' OR length(digits) - length(parts[3]) + exponent < 0 THEN
        RETURN CASE WHEN parts[1] = '-' THEN '-0'::float8 ELSE 0 END;
    END IF;
    RETURN NULL;
END $$;

-- The shortest digits that read back as the same number, with a fraction and without an exponent. PostgreSQL keeps one
-- digit more where the shortest form lies exactly between two float8.
CREATE FUNCTION engine_expression_decimal_text(f float8) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    n numeric;
    step numeric;
    candidate numeric;
BEGIN
    IF f = 0 THEN
        RETURN CASE WHEN f::text LIKE '-%' THEN '-0.0' ELSE '0.0' END;
    END IF;
    n := trim_scale(f::text::numeric);
    IF length(replace(ltrim(n::text, '-0.'), '.', '')) > 14 THEN
        -- One digit less, rounded down and up.
        step := CASE WHEN scale(n) > 0 THEN power(10::numeric, 1 - scale(n))
                     ELSE power(10::numeric, 1 + length(n::text) - length(rtrim(n::text, '0'))) END;
        FOREACH candidate IN ARRAY ARRAY[div(n, step) * step, (div(n, step) + sign(n)) * step] LOOP
            IF pg_input_is_valid(candidate::text, 'float8') AND candidate::float8 = f THEN
                n := trim_scale(candidate);
                EXIT;
            END IF;
        END LOOP;
    END IF;
    RETURN CASE WHEN scale(n) > 0 THEN n::text ELSE n::text || '.0' END;
END $$;

-- The mean of integers: their exact sum, divided once. 60 digits: no quotient of these comes that close to the middle
-- between two float8 without being it.
CREATE FUNCTION engine_expression_mean(total numeric, count bigint) RETURNS float8
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN count > 0 THEN ((total + 0e-60) / count)::float8 END;

-- Texts --------------------------------------------------------------------------------------------------------------

CREATE FUNCTION engine_expression_text(j jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN jsonb_typeof(j) = 'string' THEN j #>> '{}' END;

CREATE FUNCTION engine_expression_boolean(j jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN jsonb_typeof(j) = 'boolean' THEN j::boolean END;

-- One evaluation makes no text of more than a million characters.
CREATE FUNCTION engine_expression_joined(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN length(a) + length(b) <= 1000000 THEN a || b END;

CREATE FUNCTION engine_expression_substr(v text, first numeric, past numeric) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE
        WHEN greatest(first, 0) >= least(greatest(past, 0), length(v)) THEN ''
        ELSE substr(v, greatest(first, 0)::integer + 1,
                    (least(greatest(past, 0), length(v)) - greatest(first, 0))::integer) END;

CREATE FUNCTION engine_expression_last_index(v text, part text) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE strpos(reverse(v), reverse(part)) WHEN 0 THEN -1
        ELSE length(v) - length(part) - strpos(reverse(v), reverse(part)) + 1 END;

-- In upper or lower case, character by character as `cases` has it. A capital sigma at the end of a word is the one
-- letter that looks around; `cased` and `ignored` are the sets of characters that matter then ('' in upper case).
CREATE FUNCTION engine_expression_recased(v text, cases jsonb, cased text, ignored text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(v) = length(v) THEN
        v := CASE WHEN cased = '' THEN upper(v COLLATE "C") ELSE lower(v COLLATE "C") END;
    ELSE
        IF cased <> '' AND strpos(v, 'Σ') > 0 THEN
            v := regexp_replace(v COLLATE "C", '(?<=[' || cased || '][' || ignored || ']*)Σ(?![' || ignored || ']*['
                                || cased || '])', 'ς', 'g');
        END IF;
        SELECT string_agg(coalesce(cases ->> letter, letter), '' ORDER BY n)
          INTO v FROM string_to_table(v, NULL) WITH ORDINALITY AS letters(letter, n);
    END IF;
    RETURN CASE WHEN length(v) <= 1000000 THEN v END;
END $$;

-- Texts are sorted by UTF-16 code units. In UTF-8 only U+E000 to U+FFFF stand elsewhere: before what needs four bytes.
CREATE FUNCTION engine_expression_rank(v text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(convert_from(convert_to(v, 'UTF8'), 'LATIN1'), U&'\00EE\00EF', U&'\00F5\00F6') COLLATE "C";

-- The first match replaced, or every match; null when the result would be too long.
CREATE FUNCTION engine_expression_replaced(v text, pattern text, put text, put_length integer, everywhere boolean)
    RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    flags text := CASE WHEN everywhere THEN 'g' ELSE '' END;
    matches bigint;
BEGIN
    IF length(v)::bigint * greatest(put_length, 1) > 1000000 THEN
        matches := regexp_count(v COLLATE "C", pattern);
        IF length(regexp_replace(v COLLATE "C", pattern, '', flags))
           + put_length * (CASE WHEN everywhere THEN matches ELSE least(matches, 1) END) > 1000000 THEN
            RETURN NULL;
        END IF;
    END IF;
    RETURN regexp_replace(v COLLATE "C", pattern, put, flags);
END $$;

-- Dates and times ----------------------------------------------------------------------------------------------------

CREATE FUNCTION engine_expression_date(v text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF translate(v, '123456789', '000000000') = '0000-00-00' AND pg_input_is_valid(v, 'date') THEN
        RETURN v::date;
    END IF;
    RETURN NULL;
END $$;

-- A local date-time: seconds and fraction optional, digits after the sixth cut off.
CREATE FUNCTION engine_expression_local(v text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        WHEN v COLLATE "C" ~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]'
                              '(?::[0-5][0-9](?:\.[0-9]{1,9})?)?$')
             AND pg_input_is_valid(left(v, 26), 'timestamp')
        THEN left(v, 26)::timestamp END;
END $$;

-- The offset at the end of a date-time, in seconds.
CREATE FUNCTION engine_expression_offset(v text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    written text;
    seconds integer;
BEGIN
    IF right(v, 1) IN ('Z', 'z') THEN
        RETURN 0;
    END IF;
    written := substring(substr(v, 17) COLLATE "C" from '[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?$');
    IF written IS NULL OR substr(written, 5, 2) > '59' COLLATE "C" OR substr(written, 8, 2) > '59' COLLATE "C" THEN
        RETURN NULL;
    END IF;
    seconds := substr(written, 2, 2)::integer * 3600 + substr(written, 5, 2)::integer * 60
               + CASE WHEN length(written) > 6 THEN substr(written, 8, 2)::integer ELSE 0 END;
    RETURN CASE WHEN seconds <= 64800 THEN CASE WHEN written LIKE '-%' THEN -seconds ELSE seconds END END;
END $$;

-- The instant of a date-time with an offset, in UTC. What most senders write, PostgreSQL reads at once; it knows no
-- offset of 16 hours or more, none with seconds, and rounds what follows the sixth digit.
CREATE FUNCTION engine_expression_instant(v text) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        WHEN v COLLATE "C" ~ ('^[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]'
                              '(?:\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])$')
        THEN CASE WHEN pg_input_is_valid(v, 'timestamptz') THEN v::timestamptz AT TIME ZONE 'UTC' END
        ELSE engine_expression_local(regexp_replace(v COLLATE "C", '(?:[Zz]|[+-][0-9:]{5,8})$', ''))
             - make_interval(secs => engine_expression_offset(v)::float8) END;
END $$;

-- The instant as it is written, without its offset.
CREATE FUNCTION engine_expression_wall(utc timestamp, seconds numeric) RETURNS timestamp
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN utc + make_interval(secs => seconds::float8);

-- Nothing outside of the years 1 to 9999, as it is written.
CREATE FUNCTION engine_expression_in_calendar(moment timestamp, seconds numeric) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF engine_expression_wall(moment, seconds) >= '0001-01-01' AND engine_expression_wall(moment, seconds) < '10000-01-01'
    THEN
        RETURN moment;
    END IF;
    RETURN NULL;
END $$;

-- A moment with an offset, moved by microseconds.
CREATE FUNCTION engine_expression_moved(moment timestamp, microseconds numeric, seconds numeric) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF abs(microseconds) > 320000000000000000 THEN
        RETURN NULL;
    END IF;
    RETURN engine_expression_in_calendar(
        moment + make_interval(days => div(microseconds, 86400000000)::integer)
        + mod(microseconds, 86400000000)::float8 * interval '1 microsecond', seconds);
END $$;

-- Calendar months later or earlier, on the last day of a month that is too short.
CREATE FUNCTION engine_expression_plus_months(moment timestamp, months numeric) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF abs(months) > 200000 THEN
        RETURN NULL;
    END IF;
    RETURN engine_expression_in_calendar(moment + make_interval(months => months::integer), 0);
END $$;

-- The moment on another day of its month, as it is written.
CREATE FUNCTION engine_expression_set_days(moment timestamp, day numeric, seconds numeric) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    wall timestamp := engine_expression_wall(moment, seconds);
    longest integer := extract(day FROM date_trunc('month', wall) + interval '1 month' - interval '1 day');
BEGIN
    IF day NOT BETWEEN 1 AND 31 THEN
        RETURN NULL;
    END IF;
    RETURN moment + make_interval(days => least(day, longest)::integer - extract(day FROM wall)::integer);
END $$;

CREATE FUNCTION engine_expression_set_hours(moment timestamp, hour numeric, seconds numeric) RETURNS timestamp
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF hour NOT BETWEEN 0 AND 23 THEN
        RETURN NULL;
    END IF;
    RETURN moment + make_interval(hours => hour::integer
                                  - extract(hour FROM engine_expression_wall(moment, seconds))::integer);
END $$;

CREATE FUNCTION engine_expression_milliseconds(utc timestamp) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN floor(extract(epoch FROM utc) * 1000);

CREATE FUNCTION engine_expression_of_milliseconds(n numeric) RETURNS timestamp
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN engine_expression_moved('1970-01-01', n * 1000, 0);

CREATE FUNCTION engine_expression_date_of(year numeric, month numeric, day numeric) RETURNS date
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF year BETWEEN 1 AND 9999 AND month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31 THEN
        RETURN engine_expression_date(to_char(year, 'FM0000') || '-' || to_char(month, 'FM00') || '-'
                                      || to_char(day, 'FM00'));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION engine_expression_date_of_text(v text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF length(v) = 10 OR engine_expression_local(v) IS NOT NULL OR engine_expression_instant(v) IS NOT NULL THEN
        RETURN engine_expression_date(left(v, 10));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION engine_expression_local_of_text(v text) RETURNS timestamp
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN coalesce(
        engine_expression_local(v),
        engine_expression_wall(engine_expression_instant(v), engine_expression_offset(v)),
        engine_expression_date(v)::timestamp);

-- `YYYY-MM-DDTHH:MM`, with seconds when there are some, and the fraction in groups of three digits.
CREATE FUNCTION engine_expression_clock_text(wall timestamp) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fraction text := to_char(wall, 'US');
BEGIN
    RETURN to_char(wall, 'YYYY-MM-DD"T"HH24:MI')
        || CASE WHEN fraction = '000000' AND to_char(wall, 'SS') = '00' THEN '' ELSE to_char(wall, ':SS') END
        || CASE WHEN fraction = '000000' THEN '' WHEN right(fraction, 3) = '000' THEN '.' || left(fraction, 3)
                ELSE '.' || fraction END;
END $$;

-- In UTC; in its own offset where UTC lies outside of the calendar.
CREATE FUNCTION engine_expression_instant_text(utc timestamp, seconds numeric) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    size integer := abs(seconds)::integer;
BEGIN
    IF engine_expression_in_calendar(utc, 0) IS NOT NULL THEN
        RETURN engine_expression_clock_text(utc) || 'Z';
    END IF;
    RETURN engine_expression_clock_text(engine_expression_wall(utc, seconds))
        || CASE WHEN seconds < 0 THEN '-' ELSE '+' END || to_char(size / 3600, 'FM00') || ':'
        || to_char(size / 60 % 60, 'FM00') || CASE WHEN size % 60 > 0 THEN ':' || to_char(size % 60, 'FM00') ELSE '' END;
END $$;

-- A duration is at most 999,999,999 days.
CREATE FUNCTION engine_expression_duration(microseconds numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN microseconds BETWEEN -86399999913600000000 AND 86399999999999999999 THEN microseconds END;

CREATE FUNCTION engine_expression_duration_of_text(v text) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parts text[] := regexp_match(v COLLATE "C",
        '^([+-])?[Pp](?:([+-]?[0-9]{1,19})[Dd])?([Tt])?(?:([+-]?[0-9]{1,19})[Hh])?(?:([+-]?[0-9]{1,19})[Mm])?'
        '(?:([+-]?)([0-9]{1,19})(?:[.,]([0-9]{0,9}))?[Ss])?$');
    total numeric;
BEGIN
    IF parts IS NULL OR coalesce(parts[2], parts[4], parts[5], parts[7]) IS NULL
       OR parts[3] IS NOT NULL AND coalesce(parts[4], parts[5], parts[7]) IS NULL THEN
        RETURN NULL;
    END IF;
    total := engine_expression_duration(
        coalesce(parts[2], '0')::numeric * 86400000000 + coalesce(parts[4], '0')::numeric * 3600000000
        + coalesce(parts[5], '0')::numeric * 60000000
        + CASE WHEN parts[6] = '-' THEN -1 ELSE 1 END
          * (coalesce(parts[7], '0')::numeric * 1000000 + rpad(left(coalesce(parts[8], ''), 6), 6, '0')::numeric));
    RETURN CASE WHEN parts[1] = '-' THEN engine_expression_duration(-total) ELSE total END;
END $$;

CREATE FUNCTION engine_expression_duration_text(microseconds numeric) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    sign text := CASE WHEN microseconds < 0 THEN '-' ELSE '' END;
    size numeric := abs(microseconds);
    hours numeric := div(size, 3600000000);
    minutes numeric := mod(div(size, 60000000), 60);
    rest numeric := mod(size, 60000000);
BEGIN
    RETURN 'PT' || CASE WHEN hours > 0 THEN sign || hours::text || 'H' ELSE '' END
        || CASE WHEN minutes > 0 THEN sign || minutes::text || 'M' ELSE '' END
        || CASE WHEN rest > 0 THEN sign || trim_scale(rest / 1000000)::text || 'S' WHEN size = 0 THEN '0S' ELSE '' END;
END $$;

-- Lists and paths ----------------------------------------------------------------------------------------------------

CREATE FUNCTION engine_expression_list(j jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN jsonb_typeof(j) = 'array' THEN j END;

CREATE FUNCTION engine_expression_object(j jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN jsonb_typeof(j) = 'object' THEN j END;

-- A zero-based index as OFFSET takes it: what is no place in a list is behind its end.
CREATE FUNCTION engine_expression_place(n numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN n BETWEEN 0 AND 100000000 THEN n::bigint ELSE 100000000 END;

-- How many elements, as LIMIT takes it.
CREATE FUNCTION engine_expression_size(n numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN n > 100000000 THEN 100000000 WHEN n > 0 THEN n::bigint ELSE 0 END;

-- The field of every object of a list; lists among the results are joined into one. `is_projected`: the list was made in
-- this way itself, so that a null in it is a field that some object does not have.
CREATE FUNCTION engine_expression_project_list(j jsonb, name text, is_projected boolean) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found jsonb := '[]';
    item jsonb;
    field jsonb;
BEGIN
    FOR item IN SELECT element FROM jsonb_array_elements(j) AS elements(element) LOOP
        CASE jsonb_typeof(item)
            WHEN 'array' THEN
                found := found || engine_expression_project_list(item, name, false);
            WHEN 'object' THEN
                field := coalesce(item -> name, 'null');
                IF field @> '[null, {}]' THEN  -- a list of objects never holds null
                    field := jsonb_path_query_array(field, 'strict $[*] ? (@ != null)');
                END IF;
                found := found || CASE jsonb_typeof(field) WHEN 'array' THEN field ELSE jsonb_build_array(field) END;
            WHEN 'null' THEN
                found := found || CASE WHEN is_projected THEN jsonb '[null]' ELSE jsonb '[]' END;
            ELSE
        END CASE;
    END LOOP;
    RETURN found;
END $$;

-- Fields below fields, of objects or of all objects of lists.
CREATE FUNCTION engine_expression_project(j jsonb, names text[]) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    name text;
    is_projected boolean := false;
BEGIN
    FOREACH name IN ARRAY names LOOP
        IF jsonb_typeof(j) = 'array' THEN
            j := engine_expression_project_list(j, name, is_projected);
            is_projected := true;
        ELSE
            j := j -> name;
            is_projected := false;
        END IF;
    END LOOP;
    RETURN j;
END $$;

// Hours of a day that are ahead whenever a test runs.

const hour = (now, shift) => `${String((now.getUTCHours() + shift) % 24).padStart(2, '0')}:00`;

/** Of a campaign whose next hours open in three to four hours, on a clock that never changes. */
export function opensLater(now = new Date()) {
  return {first_call_time: hour(now, 4), last_call_time: hour(now, 7), rules: {timezone: 'UTC'}};
}

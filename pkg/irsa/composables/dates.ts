/**
 * Writes a date by a pattern of Rancher's preferences (`date-format`, `time-format`; @rancher/shell store/prefs.js has all of them), in the
 * time of the browser, as Rancher does. Its own library for this would weigh more than all our dates.
 * @param at  milliseconds since the epoch
 */
export function formatDate(at: number, pattern: string): string {
  const time = new Date(at);
  const name = (part: 'weekday' | 'month'): string => time.toLocaleDateString('en-US', { [part]: 'short' });
  const two = (number: number): string => String(number).padStart(2, '0');
  const [day, month, hour] = [time.getDate(), time.getMonth() + 1, time.getHours()];
  const parts: Record<string, string | number> = {
    YYYY: time.getFullYear(), MMM: name('month'), MM: two(month), M: month, ddd: name('weekday'), DD: two(day), D: day, HH: two(hour), h: hour % 12 || 12, mm: two(time.getMinutes()), ss: two(time.getSeconds()), a: hour < 12 ? 'am' : 'pm'
  };

  return pattern.replace(/YYYY|M{1,3}|ddd|DD?|HH|h|mm|ss|a/g, (token) => String(parts[token]));
}

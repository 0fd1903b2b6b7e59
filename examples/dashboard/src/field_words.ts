const kLabels: Record<string, string> = {
  name: 'name', company: 'company', email: 'e-mail address', notes: 'notes', description: 'description', next_action: 'next action',
};

/** What the server says of a field, as people know it: of `name is longer than 255 characters` how many it may have. */
export function inFieldWords(message: string): string {
  const [, field = '', most, unit] = /^(\w+) is longer than (\d+) (characters|bytes)$/.exec(message) ?? [];
  const label = kLabels[field];
  if (label) return `The ${label} may have at most ${unit === 'bytes' ? '64 KB of text' : `${most} characters`}.`;
  return message.replace('email is not an address like', 'This is no address like');
}

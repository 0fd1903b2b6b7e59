import {contacts} from '../../api/people';
import {phone} from '../../format';

/** Says who has a number already, as it was typed: with or without its country. */
export async function holderOf(typed: string): Promise<string> {
  const digits = typed.replace(/\D/g, '').replace(/^0+/, '');
  const found = await contacts.list({search: digits, limit: 10}).catch(() => undefined);
  const holder = found?.items.find(({phone_number: number}) => number.endsWith(digits));
  if (!holder) return 'Another contact has this number.';
  return holder.name ? `${holder.name} has this number already.` : `${phone(holder.phone_number)} is among your contacts already.`;
}

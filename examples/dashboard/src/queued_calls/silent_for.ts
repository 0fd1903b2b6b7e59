import type {Call} from '../api/types';

const kUsualDeadline = 3600;
export const kLong = 300;

/** For how many seconds nothing has been heard of a call that is on; null: not for long. */
export function silenceOf(call: Pick<Call, 'lease_expires_at' | 'provider_call_id'>, deadline: number | undefined, at: number): number | null {
  // Before the provider has it, what runs out is the time to dial.
  if (!call.lease_expires_at || !call.provider_call_id) return null;
  const seconds = (at - Date.parse(call.lease_expires_at)) / 1000 + (deadline ?? kUsualDeadline);
  return seconds > kLong ? seconds : null;
}

import type {Call} from '../api/types';
import {Icon} from '../components/icon';
import {Moment} from '../components/moment';
import {duration} from '../format';
import {now} from '../store/now';
import {useSelected} from '../store/signal';
import {silenceOf} from './silent_for';

/** Says so: the server that had the call may have gone. Its place is held until the deadline. */
export function Silence({call, deadline}: {call: Call; deadline: number | undefined}) {
  const text = useSelected(now, (at) => {
    const seconds = silenceOf(call, deadline, at);
    return seconds === null ? '' : duration(60 * Math.floor(seconds / 60)).replace(' 00 s', '');
  });
  if (!text || !call.lease_expires_at) return null;
  return (
    <p class="silence muted">
      <Icon name="alert" size={16} />
      <span>Nothing was heard of it for {text}. If that stays so its place is free <Moment at={call.lease_expires_at} />.</span>
    </p>
  );
}

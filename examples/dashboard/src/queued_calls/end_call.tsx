import {useState} from 'preact/hooks';
import {calls} from '../api/queue';
import type {Call, CallEnd} from '../api/types';
import {Button} from '../components/button';
import {Dialog} from '../components/dialog';
import {Choice} from '../components/field';
import {done, failed} from '../components/toast';

const kEnds: readonly {value: CallEnd; label: string; hint?: string}[] = [
  {value: 'unknown', label: 'I do not know', hint: 'This person is not called again for it.'},
  {value: 'completed', label: 'Answered'},
  {value: 'voicemail', label: 'Voicemail'},
  {value: 'no_answer', label: 'No answer'},
  {value: 'busy', label: 'Busy'},
  {value: 'failed', label: 'Failed'},
];

/** Asks how a call ended that is over without anybody having said so, and ends it. */
export function EndCallDialog({call, onClose, onEnded}: {call: Call; onClose: () => void; onEnded: () => void}) {
  const [status, setStatus] = useState<CallEnd>('unknown');
  const [isBusy, setBusy] = useState(false);
  const end = async () => {
    setBusy(true);
    await calls.end(call.id, status).then(() => {
      done('The call is over: its place is free.', `call ${call.id}`);
      onClose();
    }, (error: unknown) => failed(error, 'The call was not ended', `call ${call.id}`));
    setBusy(false);
    onEnded();
  };
  return (
    <Dialog title="Is this call over?" onClose={onClose} actions={<>
      <Button onClick={onClose}>Leave it</Button>
      <Button kind="danger" busy={isBusy} onClick={() => void end()}>It is over</Button>
    </>}>
      <div class="form-stack">
        <p>Its place is free at once, and the next call may start. If it is on after all it is not hung up.</p>
        <Choice name="call-end" legend="How it ended" value={status} onChange={setStatus} options={kEnds} />
        {call.campaign_id !== null && <p class="hint">Who was not reached may be called again: that is for the campaign’s rules to say.</p>}
      </div>
    </Dialog>
  );
}

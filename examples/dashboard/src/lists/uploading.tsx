import {Button} from '../components/button';
import {Progress} from '../components/progress';
import {percent} from '../format';

/** How far a file is. When all of it is sent the server still reads the rest. */
export function Uploading({name, share, onCancel}: {name: string; share: number; onCancel: () => void}) {
  const isSent = share >= 1;
  return (
    <section class="card uploading" aria-label="Upload">
      <h2>{isSent ? 'Reading' : 'Uploading'} {name}</h2>
      {isSent ? <div class="progress is-endless" aria-hidden="true" />
        : <Progress label="Upload" total={1000} parts={[{tone: 'good', count: Math.round(share * 1000), label: 'thousandths sent'}]} />}
      <p class="muted" role="status">{isSent ? 'The file is sent. Its rows are being read now; a long list takes a while…' : `${percent(share)} sent`}</p>
      <div class="form-actions"><Button onClick={onCancel}>Cancel the upload</Button></div>
    </section>
  );
}

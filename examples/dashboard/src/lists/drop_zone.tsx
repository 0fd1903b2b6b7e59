import {useRef, useState} from 'preact/hooks';
import {Icon} from '../components/icon';
import {failed} from '../components/toast';

/** A file, dropped here or chosen. */
export function DropZone({file, onFile, error}: {file: File | null; onFile: (file: File) => void; error?: string | undefined}) {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    const first = files?.[0];
    if (first && (files?.length ?? 0) > 1) failed(new Error(`One file at a time: only “${first.name}” was taken.`));
    if (first) onFile(first);
  };
  return (
    <div class={`drop${isOver ? ' is-over' : ''}${error ? ' is-wrong' : ''}`}
         onDragOver={(event) => {
           event.preventDefault();
           setOver(true);
         }}
         onDragLeave={() => setOver(false)}
         onDrop={(event) => {
           event.preventDefault();
           setOver(false);
           take(event.dataTransfer?.files);
         }}>
      <Icon name="upload" size={28} />
      <label class="drop-label">
        <input ref={input} type="file" accept=".csv,.tsv,.txt,text/csv" class="drop-input"
               onChange={(event) => {
                 take(event.currentTarget.files);
                 event.currentTarget.value = '';  // The same file may be chosen again, once mended.
               }} />
        <span class="link">{file ? 'Choose another file' : 'Choose a CSV file'}</span>
      </label>
      <p class="muted">{file ? <strong>{file.name}</strong> : 'or drop it here. One row a person, with a column phone_number.'}</p>
    </div>
  );
}

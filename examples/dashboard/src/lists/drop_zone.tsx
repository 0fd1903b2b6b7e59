import {useEffect, useRef, useState} from 'preact/hooks';
import {Icon} from '../components/icon';
import {failed} from '../components/toast';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** A file, chosen or dropped: also beside it, where the browser would leave the page and show the file. */
export function DropZone({file, onFile, error}: {file: File | null; onFile: (file: File) => void; error?: string | undefined}) {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    const first = files?.[0];
    if (first && (files?.length ?? 0) > 1) failed(new Error(`One file at a time: only “${first.name}” was taken.`));
    if (first) onFile(first);
  };
  const takeNow = useRef(take);
  takeNow.current = take;
  useEffect(() => {
    const listening = new AbortController();
    const on = (name: 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      document.addEventListener(name, (event) => hasFiles(event) && act(event), listening);
    on('dragover', (event) => {
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', ({relatedTarget}) => setOver(relatedTarget !== null));
    on('drop', (event) => {
      event.preventDefault();
      setOver(false);
      takeNow.current(event.dataTransfer?.files);
    });
    return () => listening.abort();
  }, []);
  return (
    <div class={`drop${isOver ? ' is-over' : ''}${error ? ' is-wrong' : ''}`}>
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

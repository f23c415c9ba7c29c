// What serves this site. A static host serves this file as it is; `ecslab start` answers with where its labs are.
globalThis.ecslabHost = { labs: null };

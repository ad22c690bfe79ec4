//! The ledger: postings only ever added. One posting is one debit and one credit of the same amount, so it cannot be
//! unbalanced.

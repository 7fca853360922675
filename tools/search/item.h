#pragma once
// One picture of a search: its states, and how its part of a step is recorded.
#include "tools/search/search.h"

namespace gradus {

struct SearchItem {
    Objective objective;
    int number = 0;                       // of the picture, for its random numbers
    Tensor numbers;                       // the picture as it is written
    Tensor step;                          // i32 (1): how many were recorded
    Tensor held;                          // i32 (1): why the picture is frozen; 0: it is not
    std::vector<Tensor> notes;            // (steps, columns) each: the curves, as many in one as a note takes
    OptimizerState state;                 // of the optimizer
    std::vector<Tensor> average;          // two, where pictures are averaged: average.h
    std::optional<Tensor> gradient = {};  // that the last step went down, where a tidy asks for it
    std::optional<Tensor> around = {};    // with a mask: what stays where it is black
};

SearchItem search_item(Objective objective, int number, const SearchOptions& options, int height, int width);

/// Everything but the picture back at its start.
void restart(SearchItem& item, const SearchOptions& options);

/// Adds copies of its tensors to the state, as picture `index`; without the optimizer's where the search is over.
void add_state(SearchState& state, const SearchItem& item, const SearchOptions& options, std::size_t index, bool over);

/// Takes the tensors of all pictures from the state; returns the steps that were taken. Throws as Search::restore does,
/// before any tensor is changed.
int restore_items(std::vector<SearchItem>& items, const SearchState& state, const SearchOptions& options);

/// A picture on its way through a step.
struct RecordedItem {
    Var numbers, step, held;  // leaves
    Var picture, input;       // before the transforms and after
    RecordedObjective objective = {};
};

/// From the numbers to what the net sees.
RecordedItem record_picture(Graph& graph, const SearchItem& item, const SearchOptions& options, int height, int width);

/// What is wanted of picture `index` of `count`, given the layers of the batch.
void record_objective(RecordedItem& recorded, const SearchItem& item, const SearchOptions& options,
                      const Layers& layers, int index, int count);

/// The move down the gradient of the loss, the notes, and the freezing; returns what the plan is to be asked for.
std::vector<Var> record_move(const RecordedItem& recorded, Var gradient, const SearchItem& item,
                             const SearchOptions& options);

/// Pictures (1,H,W,3) as one batch (N,H,W,3).
Var stack(const std::vector<Var>& pictures);

/// The columns of the notes: the objective, what is wanted, the norm of the gradient, each term.
enum NoteColumn { note_objective, note_wanted, note_gradient, note_terms };
double noted(const SearchItem& item, int step, int column);

/// A curve for each column, without values.
std::vector<Curve> empty_curves(const SearchItem& item);

/// What `done` steps have left, but for the picture.
SearchResult result_of(const SearchItem& item, const SearchOptions& options, int done, bool stopped);

/// The picture that the numbers mean now, or their average, where one is asked for; or the present one as if no mask
/// hid a part of it.
Image shown(const SearchItem& item, const SearchOptions& options, int height, int width, const PlanOptions& plans);
Image shown_without_mask(const SearchItem& item, const SearchOptions& options, int height, int width,
                         const PlanOptions& plans);

/// Copies the values of one tensor over another's of the same shape.
void overwrite(Tensor& to, const Tensor& from);

}  // namespace gradus

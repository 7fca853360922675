#pragma once
#include "tools/cli/saliency_views.h"

namespace gradus {

/// How strongly the net answers to a picture: "score 12.3, probability 0.8312, rank 1 of 1000" for a class; of another
/// unit its activation, and its rank among the channels of the layer at that place.
///
/// cost      a forward pass
std::string answer_of(const NetRun& run, const Unit& unit, const NetPicture& picture);

/// The page about a run: the photograph, where there is one, then each part of the view. What is asked about, and how
/// the net answers, stands under each map and among the settings.
ReportPage saliency_page(const std::string& file, const std::optional<NetPicture>& picture, const SaliencyView& view,
                         const std::string& asked, const Recipe& recipe, double seconds);

}  // namespace gradus
